// A real Bluesky server and its identity directory, on loopback, in a folder that is thrown away.
//
//   node serve.js NODE_MODULES FOLDER
//
// Prints one line of JSON when both answer, and ends when its standard input does.
'use strict'
const { once } = require('node:events')
const net = require('node:net')
const path = require('node:path')
const { createRequire } = require('node:module')
const { randomBytes } = require('node:crypto')

// both servers listen on all interfaces and offer no setting for it
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, { port, host: '127.0.0.1' }, ...rest.filter((each) => typeof each === 'function'))
}

const freePort = async () => {
  const server = net.createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const main = async (modules, folder) => {
  process.env.LOG_ENABLED = '0'
  const load = createRequire(path.resolve(modules, 'x.js'))
  const plc = load('@did-plc/server')
  const directory = await plc.PlcServer.create({ db: plc.Database.mock(), port: await freePort() }).start()
  const closed = 'http://127.0.0.1:1' // nothing may be asked elsewhere
  Object.assign(process.env, {
    PDS_PORT: String(await freePort()),
    PDS_HOSTNAME: 'localhost',
    PDS_DEV_MODE: 'true',
    PDS_DATA_DIRECTORY: folder,
    PDS_BLOBSTORE_DISK_LOCATION: path.join(folder, 'blobs'),
    PDS_BLOBSTORE_DISK_TMP_LOCATION: path.join(folder, 'blobs-tmp'),
    PDS_DID_PLC_URL: `http://127.0.0.1:${directory.address().port}`,
    PDS_DISABLE_SSRF_PROTECTION: 'true',
    PDS_SERVICE_HANDLE_DOMAINS: '.test',
    PDS_INVITE_REQUIRED: 'false',
    PDS_JWT_SECRET: randomBytes(16).toString('hex'),
    PDS_ADMIN_PASSWORD: randomBytes(16).toString('hex'),
    PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: randomBytes(32).toString('hex'),
    PDS_CRAWLERS: '',
    PDS_BSKY_APP_VIEW_URL: closed,
    PDS_BSKY_APP_VIEW_DID: 'did:web:localhost',
    PDS_MOD_SERVICE_URL: closed,
    PDS_MOD_SERVICE_DID: 'did:web:localhost',
    PDS_RATE_LIMITS_ENABLED: 'false',
  })
  const { PDS, envToCfg, envToSecrets, readEnv } = load('@atproto/pds')
  const env = readEnv()
  const pds = await PDS.create(envToCfg(env), envToSecrets(env))
  const server = await pds.start()
  const { address, port } = server.address()
  console.log(JSON.stringify({ base: `http://${address}:${port}`, directory: directory.address().address }))
}

process.stdin.on('end', () => process.exit(0)).resume()
main(...process.argv.slice(2)).catch((error) => {
  console.error(error)
  process.exit(1)
})
