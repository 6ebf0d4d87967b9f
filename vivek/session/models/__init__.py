"""The models of this machine and of its servers: listing, choosing, fetching, opening, measuring. Needs no graph."""
