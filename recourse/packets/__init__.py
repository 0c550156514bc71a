"""Packets: many papers bound to one PDF, with a cover, an index with page numbers, exhibits in order, and a manifest.

`model` says what a packet is, `binding` makes the PDF, `checking` reads one back and says what differs. The kinds of
packet are made in `recourse.letters` and `tasks`: what goes into each is their business.
"""
