/** Asks a hub's REST API, without a login. */

export async function askHub<Answer>(
  httpUrl: string,
  route: `${string} /api/${string}`,
  body?: object,
): Promise<Answer> {
  const [method = "GET", path = ""] = route.split(" ");
  const response = await fetch(new URL(path, httpUrl), {
    method,
    ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${route} answered ${response.status}: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}
