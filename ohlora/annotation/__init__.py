"""Annotation: from the faces of a dataset to labels of 0 and 1 that people give, for attributes that no score measures.

A local page shows one face at a time and takes the answer by one key. Every annotator has a log of their own, which is
the record; the dataset's table holds the majority of all logs, and agreement between annotators is measured on the
faces that they share.

queue      which faces are asked for, in which order
session    one annotator's questions, answers and pace
answers    an append-only log per annotator; an answer is on the disk before the next face shows
agreement  majority and Cohen's kappa over several annotators
table      from the logs to the columns of the dataset's table
faces      images as a browser shows them
access     who may open the page
requests   the page's requests, each checked
server     threads that serve the page and keep the table up to date
"""
