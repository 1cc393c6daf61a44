import description from '../../package.json' with { type: 'json' }

/** Version of the collector, as sensors are told. */
export const COLLECTOR_VERSION: string = description.version
