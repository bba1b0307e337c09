// Buttons for moving in time.
import { clock } from "../data/ages";
import { duration, faster, loop, markLoop, play, playing, seek, speed, step, stepEvent, time } from "../state";

function Button({ label, keys, onClick, children, pressed }: { label: string; keys: string; onClick: () => void; children: preact.ComponentChildren; pressed?: boolean }) {
  return (
    <button type="button" title={`${label} (${keys})`} aria-label={label} aria-pressed={pressed} onClick={onClick}>
      {children}
    </button>
  );
}

const Icon = ({ d }: { d: string }) => (
  <svg viewBox="0 0 20 20" aria-hidden="true" width="18" height="18">
    <path d={d} fill="currentColor" />
  </svg>
);

export function Transport() {
  const range = loop.value;
  const looping = range !== null;
  return (
    <div class="transport" role="toolbar" aria-label="Playback">
      <Button label="To the start" keys="," onClick={() => seek(0)}><Icon d="M3 4h2v12H3zM16 4v12l-9-6z" /></Button>
      <Button label="Event before" keys="Shift+←" onClick={() => stepEvent(-1)}><Icon d="M10 4v12l-7-6zM12 7l4 3-4 3z" /></Button>
      <Button label="Tick back" keys="←" onClick={() => step(-1)}><Icon d="M13 4v12l-8-6z" /></Button>
      <button type="button" class="play" title={playing.value ? "Pause (Space)" : "Play (Space)"} aria-label={playing.value ? "Pause" : "Play"} onClick={() => play()}>
        <Icon d={playing.value ? "M5 4h4v12H5zM11 4h4v12h-4z" : "M5 3l12 7-12 7z"} />
      </button>
      <Button label="Tick on" keys="→" onClick={() => step(1)}><Icon d="M7 4l8 6-8 6z" /></Button>
      <Button label="Next event" keys="Shift+→" onClick={() => stepEvent(1)}><Icon d="M10 4l7 6-7 6zM4 7l4 3-4 3z" /></Button>
      <Button label="To the end" keys="." onClick={() => seek(duration.value)}><Icon d="M15 4h2v12h-2zM4 4l9 6-9 6z" /></Button>
      <output class="clock" aria-label="Time">
        <b>{clock(time.value)}</b> <span>/ {clock(duration.value)}</span>
      </output>
      <span class="speed">
        <Button label="Slower" keys="[" onClick={() => faster(-1)}>−</Button>
        <output aria-label="Speed">{speed.value}×</output>
        <Button label="Faster" keys="]" onClick={() => faster(1)}>+</Button>
      </span>
      <Button
        label={!looping ? "Loop from here" : range[1] === duration.value ? "Loop to here" : "No loop"}
        keys="L"
        pressed={looping}
        onClick={markLoop}
      >
        <Icon d="M5 6h9V3l4 4-4 4V8H6v4H4V7a1 1 0 011-1zm10 8H6v3l-4-4 4-4v3h8V8h2v5a1 1 0 01-1 1z" />
        <span class="word">{looping ? `${clock(range[0])}–${clock(range[1])}` : "loop"}</span>
      </Button>
    </div>
  );
}
