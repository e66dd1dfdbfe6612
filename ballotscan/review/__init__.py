"""People decide in a browser on this machine: pages, who may ask for them, and what was answered."""
