export { type Answer, type Api, type ApiOptions, api } from './api.ts'
export { bearerOf } from './bearer.ts'
export { COMPILED } from './compiled.ts'
export { database, type TestDatabase, type TestService } from './database.ts'
export * from './desk.ts'
export {
  type EventBody,
  type GoogleEvent,
  type GoogleServer,
  type GoogleTrouble,
  startGoogle,
} from './google/server.ts'
export { GroundFault } from './ground/fault.ts'
export { type Ground, type GroundAddresses, startGround } from './ground/index.ts'
export { type KafkaServer, startKafka } from './ground/kafka.ts'
export { freePort, freePorts } from './ground/ports.ts'
export { type PostgresServer, startPostgres } from './ground/postgres.ts'
export { type Exit, type Managed, removeAtEnd, spawnManaged, stopOnSignals } from './ground/processes.ts'
export { startProxy, type TcpProxy, type Trouble } from './ground/proxy.ts'
export { type RedisServer, startRedis } from './ground/redis.ts'
export { waitFor } from './ground/wait.ts'
export { type Issuer, issuer, type TokenClaims, type TokenOptions } from './issuer.ts'
export { type RunningService, type ServiceOptions, startService } from './service.ts'
export { type ReceivedEmail, type SmtpServer, type SmtpTrouble, startSmtp } from './smtp.ts'
export { type StripeServer, type StripeTrouble, startStripe } from './stripe/server.ts'
export { testFolder, testGround } from './test-ground.ts'
export { type ReadMessage, type TopicReader, topicReader } from './topics.ts'
