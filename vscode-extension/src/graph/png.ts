/** The whole graph as a PNG, in the colours of the theme. Runs in the webview. */

const SVG_SPACE = "http://www.w3.org/2000/svg";
const SHARPNESS = 2;
const MOST_PIXELS = 60_000_000;
const LONGEST_SIDE = 16_000;
const COPIED = ["display", "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "font", "text-anchor", "opacity", "paint-order"];

/** Draw it: at twice its size, or as large as a canvas can be. Gives a `data:` address. */
export async function asPng(svg: SVGSVGElement, width: number, height: number): Promise<string> {
  const scale = Math.min(
    SHARPNESS,
    LONGEST_SIDE / Math.max(width, height),
    Math.sqrt(MOST_PIXELS / (width * height)),
  );
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standingAlone(svg, width, height))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  if (context === null) {
    throw new Error("this editor has no canvas to draw on");
  }
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

/** The picture with all colours written in it. */
function standingAlone(svg: SVGSVGElement, width: number, height: number): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  for (const [index, one] of [copy, ...copy.querySelectorAll<SVGElement>("*")].entries()) {
    const style = getComputedStyle(originals[index] ?? svg);
    for (const name of COPIED) {
      one.style.setProperty(name, style.getPropertyValue(name));
    }
  }
  copy.querySelectorAll(".handle").forEach((handle) => {
    handle.remove();
  });
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
  copy.setAttribute("xmlns", SVG_SPACE);
  return new XMLSerializer().serializeToString(copy);
}
