/** Which part of the picture is seen, and how large. Runs in the webview. */

import type { Place } from "./picture";

const LEAST = 0.02;
const MOST = 6;
const READABLE = 0.75;
const LARGEST_FIT = 1.4;
const FAR = 0.4;
const VERY_FAR = 0.16;
const MARGIN = 24;

interface Seen {
  readonly width: number;
  readonly height: number;
}

/** Pans and zooms; what has changed is shown once a frame. */
export class Viewport {
  private x = 0;
  private y = 0;
  private scale = 1;
  private isWaiting = false;
  private whole: Seen = { width: 1, height: 1 };
  private stageSize: Seen = { width: 1, height: 1 };
  private svg: SVGSVGElement | undefined;
  /** Whether the reader has moved it. */
  isMoved = false;

  constructor(private readonly stage: HTMLElement) {
    this.measure();
    new ResizeObserver(() => {
      this.measure();
      if (this.isMoved) {
        this.soon();
      } else {
        this.begin(undefined);
      }
    }).observe(stage);
  }

  /** Look at another picture, or the same with another size. */
  of(svg: SVGSVGElement | undefined, whole: Seen): void {
    this.svg = svg;
    this.whole = whole;
    this.soon();
  }

  /** Everything at once. */
  fit(): void {
    this.scaleTo(this.fittingScale());
    this.centre({ x: 0, y: 0, ...this.whole });
    this.isMoved = false;
  }

  /** Everything, where it can be read then; else its beginning, or what is given. */
  begin(place: Place | undefined): void {
    if (this.fittingScale() >= READABLE) {
      this.fit();
      return;
    }
    const { width, height } = this.stageSize;
    this.scaleTo(Math.max(READABLE, Math.min(1, width / this.whole.width)));
    if (place === undefined) {
      this.x = (this.whole.width - width / this.scale) / 2;
      this.y = Math.min(0, (this.whole.height - height / this.scale) / 2);
      this.soon();
    } else {
      this.centre(place);
    }
    this.isMoved = false;
  }

  /** Larger or smaller, around a point of the stage in pixels. */
  zoom(factor: number, left = this.stageSize.width / 2, top = this.stageSize.height / 2): void {
    const before = this.scale;
    this.scaleTo(before * factor);
    this.x += left / before - left / this.scale;
    this.y += top / before - top / this.scale;
    this.isMoved = true;
  }

  /** Move by pixels. */
  pan(left: number, top: number): void {
    this.x += left / this.scale;
    this.y += top / this.scale;
    this.isMoved = true;
    this.soon();
  }

  /** Move by units of the picture. */
  shift(x: number, y: number): void {
    this.x += x;
    this.y += y;
    this.soon();
  }

  sees(place: Place): boolean {
    const { width, height } = this.stageSize;
    const margin = MARGIN / this.scale;
    return (
      place.x >= this.x + margin &&
      place.y >= this.y + margin &&
      place.x + place.width <= this.x + width / this.scale - margin &&
      place.y + place.height <= this.y + height / this.scale - margin
    );
  }

  /** Move as far as is needed to see a place; of a large one its upper side. */
  bring(place: Place): void {
    if (this.sees(place)) {
      return;
    }
    const room = { width: this.stageSize.width / this.scale, height: this.stageSize.height / this.scale };
    const height = Math.min(place.height, room.height * 0.6);
    this.centre({ ...place, height });
    this.isMoved = true;
  }

  private centre(place: Place): void {
    const { width, height } = this.stageSize;
    this.x = place.x + place.width / 2 - width / this.scale / 2;
    this.y = place.y + place.height / 2 - height / this.scale / 2;
    this.soon();
  }

  private fittingScale(): number {
    const { width, height } = this.stageSize;
    return Math.min(LARGEST_FIT, width / this.whole.width, height / this.whole.height);
  }

  private scaleTo(scale: number): void {
    this.scale = Math.min(MOST, Math.max(LEAST, scale));
    this.soon();
  }

  private measure(): void {
    this.stageSize = { width: Math.max(1, this.stage.clientWidth), height: Math.max(1, this.stage.clientHeight) };
  }

  private soon(): void {
    if (!this.isWaiting) {
      this.isWaiting = true;
      requestAnimationFrame(() => {
        this.isWaiting = false;
        this.show();
      });
    }
  }

  private show(): void {
    const { width, height } = this.stageSize;
    this.svg?.setAttribute("viewBox", `${this.x} ${this.y} ${width / this.scale} ${height / this.scale}`);
    this.stage.classList.toggle("far", this.scale < FAR);
    this.stage.classList.toggle("very-far", this.scale < VERY_FAR);
  }
}
