"""From answers to labels: models of who errs how often, in numpy, without Django."""
