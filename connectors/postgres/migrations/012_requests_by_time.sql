-- The dashboard shows the newest requests.
create index requests_by_time on requests (requested_at desc, request_id);
