// What makes the REST reference handier: search, links that open what they lead to, and copying of examples. Without it
// everything is there all the same.
const field = document.getElementById('words');
const told = document.getElementById('found');
const operations = [...document.querySelectorAll('[data-words]')];
const groups = [...document.querySelectorAll('.group')];

/** Shows the operations that have every word. */
function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const operation of operations) {
    operation.hidden = !words.every((word) => operation.dataset.words.includes(word));
    count += operation.hidden ? 0 : 1;
  }
  for (const group of groups) {
    group.hidden = words.length > 0 && !group.querySelector('[data-words]:not([hidden])');
  }
  const plural = count === 1 ? '1 operation' : `${count} operations`;
  told.textContent = words.length === 0 ? '' : count === 0 ? 'No operation has these words.' : plural;
}

/** Opens what the address names, and everything around it. */
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.hidden || target.closest('[hidden]')) {
    field.value = '';
    search();
  }
  if (target instanceof HTMLDetailsElement) target.open = true;
  target.scrollIntoView();
}

field.hidden = false;
field.addEventListener('input', search);
addEventListener('hashchange', open);
addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== field) {
    event.preventDefault();
    field.focus();
  } else if (event.key === 'Escape' && document.activeElement === field) {
    field.value = '';
    search();
  }
});
if (navigator.clipboard) {
  for (const example of document.querySelectorAll('.example')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.setAttribute('aria-label', `Copy the example with ${example.querySelector('h4').textContent}`);
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(example.querySelector('code').textContent);
      button.textContent = 'Copied';
      button.addEventListener('blur', () => (button.textContent = 'Copy'), { once: true });
    });
    example.append(button);
  }
}
search();
open();
