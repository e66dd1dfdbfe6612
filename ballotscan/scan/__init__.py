"""From a file to a page that lies on its template. Knows no vote."""
