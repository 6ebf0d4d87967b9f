"""One turn on the screen: its events are drawn, its questions asked, its report returned."""
