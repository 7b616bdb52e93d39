/** An element of the test page that must be there. Makes none. */

export function findElement<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`websocket-test.html has no #${id}`);
  return element;
}
