/** What stands on the page with the graph before there is one. */

export const BODY = `<header>
<select id="taskflows" aria-label="Taskflow" hidden></select>
<input id="search" type="search" placeholder="Search nodes" aria-label="Search nodes" spellcheck="false">
<output id="found" for="search"></output>
<button id="folding" type="button" title="Fold or unfold all subflows" hidden>Fold all</button>
<button id="out" type="button" title="Zoom out (-)" aria-label="Zoom out">−</button>
<button id="in" type="button" title="Zoom in (+)" aria-label="Zoom in">+</button>
<button id="fit" type="button" title="Show everything (0)">Fit</button>
</header>
<main>
<div id="stage" role="application" aria-label="Graph" tabindex="-1"></div>
<p id="nothing">The graph is drawn as soon as the language server has read the file.</p>
<p id="told" role="status"></p>
</main>`;
