/** Topics as a tree, each with how often messages come; a click shows only what is below one. */
import { useSignal } from "@preact/signals";
import { countWords, rateWords } from "../../ui/value-words.ts";
import type { TopicNode } from "./topic-book.ts";

/** Of one level; further ones on demand. */
const PAGE = 50;

interface TreeProps {
  readonly nodes: readonly TopicNode[];
  /** Messages on topics that are not listed. */
  readonly onOthers: number;
  /** Shows the messages of a filter only. */
  readonly show: (filter: string) => void;
}

export function TopicTree({ nodes, onOthers, show }: TreeProps) {
  return (
    <details class="live-topics" open={matchMedia("(min-width: 800px)").matches}>
      <summary>Topics</summary>
      {nodes.length === 0 ? (
        <p class="quiet">None yet.</p>
      ) : (
        <Nodes nodes={nodes} show={show} isOpen={nodes.length < 4} />
      )}
      {onOthers > 0 && <p class="quiet">{countWords(onOthers)} messages on further topics, which are not listed.</p>}
    </details>
  );
}

function Nodes({ nodes, show, isOpen }: Omit<TreeProps, "onOthers"> & { isOpen: boolean }) {
  const most = useSignal(PAGE);
  const left = nodes.length - most.value;
  return (
    <ul class="topic-tree">
      {nodes.slice(0, most.value).map((node) => (
        <Node key={node.path} node={node} show={show} isOpenFirst={isOpen} />
      ))}
      {left > 0 && (
        <li>
          <button type="button" onClick={() => (most.value += PAGE)}>
            Show {countWords(Math.min(PAGE, left))} more
          </button>
        </li>
      )}
    </ul>
  );
}

interface NodeProps {
  readonly node: TopicNode;
  readonly show: (filter: string) => void;
  readonly isOpenFirst: boolean;
}

function Node({ node: { name, path, count, perS, isTopic, isHeard, children }, show, isOpenFirst }: NodeProps) {
  const isOpen = useSignal(isOpenFirst);
  const isFolder = children.length > 0;
  const filter = isFolder ? `${path}/#` : path;
  return (
    <li data-topic={path}>
      <div class="topic-node">
        {isFolder ? (
          <button
            type="button"
            class="topic-fold"
            aria-expanded={isOpen.value}
            aria-label={`${isOpen.value ? "Fold" : "Unfold"} ${path}`}
            onClick={() => (isOpen.value = !isOpen.peek())}
          >
            {isOpen.value ? "▾" : "▸"}
          </button>
        ) : (
          <span class="topic-fold" />
        )}
        <button type="button" class="topic-pick mono" title={`Watch ${filter} only`} onClick={() => show(filter)}>
          {name === "" ? "(empty)" : name}
          {isFolder && !isTopic && <span class="quiet"> /</span>}
        </button>
        <span class="topic-rate" title={`${countWords(count)} messages`}>
          {perS > 0 ? rateWords(perS) : isHeard && "0/s"}
        </span>
      </div>
      {isFolder && isOpen.value && <Nodes nodes={children} show={show} isOpen={children.length < 4} />}
    </li>
  );
}
