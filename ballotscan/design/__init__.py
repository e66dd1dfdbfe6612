"""Paper before the election: layout, printing, test decks, simulated scans."""
