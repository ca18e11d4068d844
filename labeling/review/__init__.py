"""People judge people: reviews, rejections, appeals, juries and the requester's brake."""
