"""The servers a laptop lacks, PostgreSQL 18 and Valkey 9, and the supervisor behind `bin/demo`.

Nothing here is used when `DATABASE_URL` and `REDIS_URL` name servers of your own.
"""
