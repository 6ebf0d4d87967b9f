"""Tool calls in the replies of models, native or written into the text: read, or told what is wrong with them. Pure."""
