/** Programs that ask for large charts and pages again and again while something else drives the hub. */

export interface ReadersReport {
  answers: number;
  bytes: number;
}

export interface Readers {
  /** Settles when the last answer has come. */
  stop(): Promise<ReadersReport>;
}

const MOST = 10_000;

/** Charts of all metrics and pages of readings in turn, of one device after the other, all as large as they may be. */
export async function startReaders(httpUrl: string, count: number): Promise<Readers> {
  const { devices } = (await (await ask(httpUrl, "/api/devices?limit=1000")).json()) as {
    devices: { deviceId: string; latest: object }[];
  };
  const paths = devices.flatMap(({ deviceId, latest }) => [
    `/api/devices/${deviceId}/series?metrics=${Object.keys(latest).join(",")}&points=${MOST}`,
    `/api/devices/${deviceId}/readings?limit=${MOST}`,
  ]);
  const report: ReadersReport = { answers: 0, bytes: 0 };
  let next = 0;
  let isOver = false;

  async function read(): Promise<void> {
    while (!isOver) {
      const answer = await ask(httpUrl, paths[next++ % paths.length] ?? "/");
      report.bytes += (await answer.arrayBuffer()).byteLength;
      report.answers += 1;
    }
  }

  const reading = Promise.all(Array.from({ length: count }, read));
  // A reader that breaks is told at the end.
  reading.catch(() => undefined);
  return {
    stop: async () => {
      isOver = true;
      await reading;
      return report;
    },
  };
}

async function ask(httpUrl: string, path: string): Promise<Response> {
  const answer = await fetch(new URL(path, httpUrl), { headers: { "accept-encoding": "identity" } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer;
}
