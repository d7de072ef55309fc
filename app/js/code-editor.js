// The editor of labeling interfaces: CodeMirror in a shadow root, so that its styles need no permission from the page.
// What is right and wrong is decided by the caller: `lint` gets the text and answers problems as JSON.
// Every import counts: the module stays below 110 KB gzipped, so it marks problems itself and completes nothing.
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { autoCloseTags, xml } from '@codemirror/lang-xml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import { Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** Milliseconds without typing before the text is checked. */
const PAUSE = 200;

const colors = HighlightStyle.define([
  { tag: [tags.tagName, tags.angleBracket], color: 'var(--accent-text)' },
  { tag: tags.attributeName, color: 'var(--warning-text)' },
  { tag: tags.attributeValue, color: 'var(--success-text)' },
  { tag: tags.comment, color: 'var(--text-faint)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--danger-text)' },
]);

const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '0.8125rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)', padding: '0.5rem 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--accent-soft)' },
  '.cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-faint)', border: 'none' },
  '.problem-error': { textDecoration: 'underline wavy var(--danger)', textUnderlineOffset: '3px' },
  '.problem-warning': { textDecoration: 'underline wavy var(--warning)', textUnderlineOffset: '3px' },
});

/** The offset of a line and a column counted in characters, as people count them. */
function offset(doc, { line: number, column }) {
  const line = doc.line(Math.min(Math.max(number, 1), doc.lines));
  return Math.min(line.from + Array.from(line.text).slice(0, column - 1).join('').length, line.to);
}

const setMarks = StateEffect.define();
const marks = StateField.define({
  create: () => Decoration.none,
  update(before, transaction) {
    const set = transaction.effects.find((effect) => effect.is(setMarks));
    return set ? set.value : before.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The problems as underlines; the nearest character stands in for an empty place. */
function underlines(doc, problems) {
  const ranges = problems.map((problem) => {
    const start = offset(doc, problem.at);
    const from = start === doc.length ? Math.max(0, start - 1) : start;
    const to = Math.min(Math.max(from + 1, offset(doc, problem.end)), doc.length);
    const title = problem.hint ? `${problem.message} ${problem.hint}` : problem.message;
    return from < to && Decoration.mark({ class: `problem-${problem.severity}`, attributes: { title } }).range(from, to);
  });
  return Decoration.set(ranges.filter(Boolean), true);
}

/**
 * Puts an editor into `host`. `lint` gets every new text after a pause and answers its problems as JSON.
 * @param {HTMLElement} host
 * @param {string} text
 * @param {string} label what it is, read out
 * @param {(text: string) => string} lint
 */
export function mount(host, text, label, lint) {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const parent = document.createElement('div');
  parent.style.height = '100%';
  root.replaceChildren(parent);
  let waiting;
  const check = () => {
    const { doc } = view.state;
    view.dispatch({ effects: setMarks.of(underlines(doc, JSON.parse(lint(doc.toString())))) });
  };
  const view = new EditorView({
    parent,
    root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), EditorView.lineWrapping,
        xml(), autoCloseTags, syntaxHighlighting(colors), theme, marks,
        // Tab moves on to the next control, as everywhere on the page.
        keymap.of([...standardKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', spellcheck: 'false', tabindex: '0' }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          clearTimeout(waiting);
          waiting = setTimeout(check, PAUSE);
        }),
        // Whatever is pressed next gets the text as it is now.
        EditorView.domEventHandlers({ blur: () => { clearTimeout(waiting); check(); } }),
      ],
    }),
  });
  check();
  return {
    setText(next) {
      if (next === view.state.doc.toString()) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
      clearTimeout(waiting);
      check();
    },
    reveal(line, column) {
      const anchor = offset(view.state.doc, { line, column });
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    /** Goes on with what was selected in the text area before. */
    takeFocus(from, to) {
      const end = view.state.doc.length;
      view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) } });
      view.focus();
    },
    destroy() {
      clearTimeout(waiting);
      view.destroy();
    },
  };
}
