"""Labelling by hand: a local page that asks for one face after the other, and what becomes of the answers.

answers    a log per annotator; an answer is on the disk before the next face shows
agreement  what several annotators agree on, and where they differ
table      the answers in the dataset's own table
queue      which face is asked for next
session    one annotator at work: queue, log and pace
access     who may open the page
server     the page and its few requests
"""
