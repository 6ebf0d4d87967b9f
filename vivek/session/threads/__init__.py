"""The list of threads, how they came from one another, and their returns to earlier turns; never imports LangGraph."""
