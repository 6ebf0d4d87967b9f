"""Pure: bytes and a reply in, new bytes or feedback out."""
