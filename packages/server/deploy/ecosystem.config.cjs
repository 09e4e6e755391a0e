// PM2: `pm2 start node_modules/@org/realtime-server/deploy/ecosystem.config.cjs --update-env`
// One process a machine, or several beside each other with `adapter: redis` and a port of their own. Not in cluster
// mode: there a client may reach another process with each connection, so sessions would be lost without Redis.
module.exports = {
  apps: [
    {
      name: 'realtime-server',
      script: require('node:path').join(__dirname, '../dist/cli.js'),
      args: 'start',
      exec_mode: 'fork',
      env: {
        NODE_ENV: 'production',
        REALTIME_HOST: '0.0.0.0',
        REALTIME_PORT: '6001',
        REALTIME_AUTHENTICATE: 'anonymous',
        REALTIME_LOG_FORMAT: 'json',
      },
      // Up is when it listens.
      wait_ready: true,
      listen_timeout: 10_000,
      // Longer than `drainMs` and `times.closeMs` together: until then clients move elsewhere.
      kill_timeout: 10_000,
      exp_backoff_restart_delay: 200,
    },
  ],
}
