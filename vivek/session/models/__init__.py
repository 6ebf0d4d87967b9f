"""The models of this machine and of its servers: listing, describing, choosing, fetching. Needs no graph."""
