"""Programs around the product: the demo, the locks, the browser for the tests."""
