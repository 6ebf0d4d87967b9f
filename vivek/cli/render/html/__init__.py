"""An architecture as one HTML file: tables that need nothing, made sortable and drawn as a graph where scripts run."""
