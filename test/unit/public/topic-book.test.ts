import { expect, test } from "vitest";
import {
  MAX_TOPICS,
  noteFilter,
  noteTopics,
  openTopicBook,
  type TopicNode,
  treeOf,
} from "../../../public/app/inspector/live/topic-book.ts";

const event = (topics: [string, number][], onOthers = 0) => ({ messages: [], topics, onOthers, left: 0 });
const shape = (nodes: readonly TopicNode[]): unknown[] =>
  nodes.map(({ name, count, children }) => [name, count, ...(children.length > 0 ? [shape(children)] : [])]);

test("topics are a tree, in which levels with one below only are one entry", () => {
  const book = openTopicBook(0);
  noteTopics(
    book,
    event([
      ["home/kitchen/temp", 2],
      ["home/kitchen/hum", 1],
      ["home/kitchen", 4],
      ["/x", 1],
    ]),
    500,
  );
  expect(shape(treeOf(book, 1_000))).toEqual([
    ["/x", 1],
    [
      "home/kitchen",
      7,
      [
        ["hum", 1],
        ["temp", 2],
      ],
    ],
  ]);
  expect(treeOf(book, 1_000)[1]).toMatchObject({ path: "home/kitchen", isTopic: true, perS: 7 });
});

test("a rate is of the last ten seconds, and falls to nothing when a topic is silent; its count stays", () => {
  const book = openTopicBook(0);
  noteTopics(book, event([["a", 20]]), 1_000);
  noteTopics(book, event([["a", 10]]), 8_000);
  expect(treeOf(book, 10_000)[0]).toMatchObject({ perS: 3, count: 30 });
  expect(treeOf(book, 12_000)[0]).toMatchObject({ perS: 1, count: 30 });
  expect(treeOf(book, 20_000)[0]).toMatchObject({ perS: 0, count: 30 });
});

test("only so many topics are listed; messages on the others are counted together", () => {
  const book = openTopicBook(0);
  noteTopics(
    book,
    event(
      Array.from({ length: MAX_TOPICS + 3 }, (_, n): [string, number] => [`t${n}`, 2]),
      5,
    ),
    1,
  );
  expect([book.topics.size, book.onOthers]).toEqual([MAX_TOPICS, 11]);
});

test("topics stay when another filter is chosen, and their rates begin; it is known on which nothing came since", () => {
  const book = openTopicBook(0);
  noteTopics(
    book,
    event([
      ["a/x", 20],
      ["b", 20],
    ]),
    1_000,
  );
  noteFilter(book, 2_000);
  noteTopics(book, event([["a/x", 8]]), 4_000);
  expect(treeOf(book, 4_000)).toMatchObject([
    { path: "a/x", perS: 4, count: 28, isHeard: true },
    { path: "b", perS: 0, count: 20, isHeard: false },
  ]);
  expect(treeOf(book, 30_000)[0]).toMatchObject({ perS: 0, isHeard: true });
});
