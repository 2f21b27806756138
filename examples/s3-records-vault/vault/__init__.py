"""S3 records vault: electronic records in a bucket under Object Lock.

One package holds one subject per module: ``packages`` what is stored, ``objects`` where, ``accounts`` who may,
``audit`` what happened, ``signatures`` who stands for it, ``vault`` the functions, ``copies`` what leaves it,
``installation`` how the bucket is set up. Implements the Functional Specification S3V-FS-001.
"""

__version__ = "2.1.0"
