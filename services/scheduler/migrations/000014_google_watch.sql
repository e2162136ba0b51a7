-- S-19: how connections to Google are doing is shown as metrics, of all practices together.
grant select (attempts, last_synced_at, connected_at) on google_connection to praxisbus_relay;
