"""Changes to the user's files that survive sudden death: written down, done, taken back, taken along."""
