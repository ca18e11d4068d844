"""What tasks hold: data in one spelling, examples, known answers and what binds them."""
