"""The only package that talks to models."""
