"""JSON objects in the replies of models: found, read, mended where their meaning is certain, validated. Pure."""
