-- Asked in the middle of an import, where the time it takes is somebody's: a quarter of the usual sample tells an empty table from a full one. Autovacuum
-- looks again, with the whole sample, once enough has changed (https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-DEFAULT-STATISTICS-TARGET).
alter function refresh_statistics() set default_statistics_target = 25;
