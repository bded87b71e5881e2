/**
 * Page script: makes of the context `gl` one whose `program` fills the canvas; the fragment shader is given `uv`, from 0 to 1.
 */
export function webglQuad(fragmentShader: string): string {
  return `
const program = gl.createProgram();
for (const [type, source] of [
  [gl.VERTEX_SHADER, "attribute vec2 at; varying vec2 uv; void main() { uv = at * 0.5 + 0.5; gl_Position = vec4(at, 0, 1); }"],
  [gl.FRAGMENT_SHADER, ${JSON.stringify(fragmentShader)}],
]) {
  const shader = gl.createShader(type);
  gl.shaderSource(shader, source);
  gl.compileShader(shader);
  gl.attachShader(program, shader);
}
gl.linkProgram(program);
gl.useProgram(program);
gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
const at = gl.getAttribLocation(program, "at");
gl.enableVertexAttribArray(at);
gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);`;
}
