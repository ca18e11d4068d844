"""What marks parts of an object: any number of regions a control.

Answers are tuples of regions in order; the empty one says that there is nothing to mark, which
label-studio writes as a result without regions. To add a control: subclass `marks.Marks`, write
its four methods, and put it into `parser.CONTROLS`.
"""
