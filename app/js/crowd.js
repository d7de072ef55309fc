// Paints many regions: those that look alike at one stroke, tiny ones without an outline. As a worker it paints beside the
// page and hands back pictures; the page itself calls `paint` for a place that has changed. What is painted comes as
// numbers, see `app/editor/src/annotate/crowd.rs`.

const MOVE = 0;
const LINE = 1;
const CURVE = 2;
const CLOSE = 3;
const ELLIPSE = 4;
const POINT = 5;
/** Numbers before a region's own: its face, how many are its own, and its hull. */
const HEAD = 6;
/** So many are painted at one stroke; what comes later lies above. */
const PART = 256;
/** Smaller than this on the screen, a region is a speck of its color. */
const SPECK = 3;
/** Outlines reach so far beyond a region, in CSS pixels. */
const EDGE = 4;

/**
 * Paints what can be seen of a crowd over what is there.
 * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} context
 * @param {{ faces: Face[], numbers: Float32Array }} crowd
 * @param {{ matrix: number[], ratio: number, width: number, height: number }} view `matrix` leads from the image to CSS pixels.
 *
 * @typedef {{ color: string, fill: number, width: number, dashed: boolean, isPoint: boolean, isHollow: boolean }} Face
 */
export function paint(context, { faces, numbers }, { matrix, ratio, width, height }) {
  const [a, b, c, d, e, f] = matrix;
  const zoom = Math.hypot(a, b);
  const seen = visible(matrix, width, height, EDGE);
  const alike = new Map();
  let count = 0;
  const paintAlike = (face, isSpeck, places) => {
    // The path is where the image is, the pen is as broad as the screen has it.
    context.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
    context.beginPath();
    for (const at of places) {
      if (isSpeck) context.rect(numbers[at + 2], numbers[at + 3], numbers[at + 4] - numbers[at + 2], numbers[at + 5] - numbers[at + 3]);
      else trace(context, numbers, at + HEAD, at + HEAD + numbers[at + 1], zoom);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, face, isSpeck);
  };
  const finish = () => {
    for (const [key, places] of alike) {
      const [face, isSpeck] = [faces[key >> 1], key % 2 === 1];
      if (face.isHollow && !isSpeck) for (const at of places) paintAlike(face, isSpeck, [at]);
      else paintAlike(face, isSpeck, places);
    }
    alike.clear();
    count = 0;
  };
  for (let at = 0; at < numbers.length; at += HEAD + numbers[at + 1]) {
    const [left, top, right, bottom] = [numbers[at + 2], numbers[at + 3], numbers[at + 4], numbers[at + 5]];
    if (right < seen.left || left > seen.right || bottom < seen.top || top > seen.bottom) continue;
    const isSpeck = !faces[numbers[at]].isPoint && (right - left) * zoom < SPECK && (bottom - top) * zoom < SPECK;
    const key = numbers[at] * 2 + Number(isSpeck);
    const places = alike.get(key);
    if (places) places.push(at);
    else alike.set(key, [at]);
    count += 1;
    if (count === PART) finish();
  }
  finish();
}

/** The hull of what is to be seen of the image, and `edge` CSS pixels around it. */
function visible([a, b, c, d, e, f], width, height, edge) {
  const area = a * d - b * c;
  const corners = [[-edge, -edge], [width + edge, -edge], [-edge, height + edge], [width + edge, height + edge]];
  const xs = corners.map(([x, y]) => (d * (x - e) - c * (y - f)) / area);
  const ys = corners.map(([x, y]) => (a * (y - f) - b * (x - e)) / area);
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

function trace(context, numbers, from, to, zoom) {
  let at = from;
  while (at < to) {
    const [x, y] = [numbers[at + 1], numbers[at + 2]];
    switch (numbers[at]) {
      case MOVE:
        context.moveTo(x, y);
        at += 3;
        break;
      case LINE:
        context.lineTo(x, y);
        at += 3;
        break;
      case CURVE:
        context.bezierCurveTo(x, y, numbers[at + 3], numbers[at + 4], numbers[at + 5], numbers[at + 6]);
        at += 7;
        break;
      case ELLIPSE: {
        const [across, down, turn] = [numbers[at + 3], numbers[at + 4], numbers[at + 5]];
        context.moveTo(x + across * Math.cos(turn), y + across * Math.sin(turn));
        context.ellipse(x, y, across, down, turn, 0, 2 * Math.PI);
        at += 6;
        break;
      }
      case POINT: {
        const radius = Math.min(Math.max(numbers[at + 3] * zoom, numbers[at + 4]), numbers[at + 5]) / zoom;
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
        at += 6;
        break;
      }
      case CLOSE:
        context.closePath();
        at += 1;
        break;
      default:
        throw new Error(`no such stroke: ${numbers[at]}`);
    }
  }
}

function draw(context, { color, fill, width, dashed, isPoint, isHollow }, isSpeck) {
  if (isSpeck || fill > 0) {
    context.globalAlpha = isSpeck ? 0.8 : fill;
    context.fillStyle = color;
    context.fill(isHollow ? 'evenodd' : 'nonzero');
    context.globalAlpha = 1;
  }
  if (isSpeck) return;
  if (isPoint) {
    stroke(context, '#fff', width);
    return;
  }
  context.setLineDash(dashed ? [5, 4] : []);
  // A dark edge under the color keeps it visible on ground of its own color.
  stroke(context, 'rgb(0 0 0 / 0.28)', width + 1.5);
  stroke(context, color, width);
  context.setLineDash([]);
}

function stroke(context, color, width) {
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

if (typeof document === 'undefined') {
  const canvas = new OffscreenCanvas(1, 1);
  let crowd = { faces: [], numbers: new Float32Array() };
  addEventListener('message', ({ data }) => {
    if (data.crowd) crowd = data.crowd;
    const { ratio, width, height } = data.view;
    const [across, down] = [width, height].map((length) => Math.max(1, Math.round(length * ratio)));
    if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, across, down);
    paint(context, crowd, data.view);
    const picture = canvas.transferToImageBitmap();
    postMessage(picture, [picture]);
  });
}
