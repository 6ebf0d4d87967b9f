"""Databases that earlier versions of vivek made, and what today's vivek does with them."""
