"""Model servers, what makes them scale, and the clients that load them."""
