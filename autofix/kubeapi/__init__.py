"""The client of the API server: requests, lists and informers."""
