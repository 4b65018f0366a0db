"""What only an account can say before the first update, asked with the user's own credentials: nothing is written.

What to ask is known from a recording of the program (`offline.record`) and from what was judged in it. All questions
are asked at once; each has a time limit, and one that nobody answers is a warning that says so.
"""
