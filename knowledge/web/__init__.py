"""The only way out to the web, and what is known of pages: fetching, refreshing, likeness."""
