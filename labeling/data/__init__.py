"""Data comes in, checked and streamed; the data set leaves, each label with its origin."""
