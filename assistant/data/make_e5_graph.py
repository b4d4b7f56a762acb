"""Write the graphs of `assistant/e5.py` and `assistant/reader.py`: layers of multilingual-e5-small, without weights.

`e5.onnx` is the whole encoder, `lower.onnx` its first 8 layers, `reader.onnx` the last 4; of these 12 the reader has its own
weights from the fifth on. A development tool (`pip install onnx`; run it from anywhere). Every weight is an initializer marked as
external: its name and type stand in the file, its values are given when a session is made. Operators: int8 linear
layers and attention of onnxruntime (`com.microsoft`). Add and LayerNormalization stay apart on purpose: onnxruntime's
fused SkipLayerNormalization took 12 times as long on the CPU (1.32, 35 ms against 3 ms for 300 tokens).
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

LAYERS, SPLIT, HEADS, WIDTH, INNER = 12, 8, 12, 384, 1536
MICROSOFT = "com.microsoft"
onnx: Any = importlib.import_module("onnx")


class Graph:
    """Nodes and weight names, gathered one by one."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []

    def node(self, operator: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Append one node with one output; returns the output's name."""
        self.nodes.append(onnx.helper.make_node(operator, inputs, [output], domain=domain, **attributes))
        return output

    def weight(self, name: str, shape: list[int], kind: int = onnx.TensorProto.FLOAT) -> str:
        """Declare a weight whose values come later; returns its name."""
        tensor = onnx.TensorProto(name=name, data_type=kind, dims=shape, data_location=onnx.TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="given-by-e5.py")
        self.weights.append(tensor)
        return name

    def norm(self, x: str, name: str) -> str:
        """Layer normalisation."""
        scale, bias = self.weight(f"{name}.w", [WIDTH]), self.weight(f"{name}.b", [WIDTH])
        return self.node("LayerNormalization", [x, scale, bias], f"{name}.y", axis=-1, epsilon=1e-12)

    def linear(self, x: str, name: str, inputs: int, outputs: int, smooth: bool = True) -> str:
        """Int8 linear layer; its input is first multiplied by a constant vector if `smooth`."""
        if smooth:
            x = self.node("Mul", [x, self.weight(f"{name}.smooth", [inputs])], f"{name}.x")
        values = self.weight(f"{name}.int8", [inputs, outputs], onnx.TensorProto.INT8)
        scale, bias = self.weight(f"{name}.scale", [outputs]), self.weight(f"{name}.bias", [outputs])
        return self.node("DynamicQuantizeMatMul", [x, values, scale, "", bias], f"{name}.y", MICROSOFT)


def build(first: int, last: int) -> bytes:
    """Layers `first` to `last` (exclusive): `x` (batch, tokens, 384) → `y`, the states after them.

    `x` is the sum of word, position and type embeddings where `first` is 0, else the states before that layer.
    """
    g = Graph()
    x = "x" if first else g.norm("x", "emb.ln")
    for layer in range(first, last):
        name = f"l{layer}"
        packed = g.linear(x, f"{name}.qkv", WIDTH, 3 * WIDTH)
        parts = [f"{name}.{part}" for part in "qkv"]
        g.nodes.append(onnx.helper.make_node("Split", [packed], parts, axis=-1, num_outputs=3))
        mixed = g.node("MultiHeadAttention", parts, f"{name}.mixed", MICROSOFT, num_heads=HEADS)
        mixed = g.linear(mixed, f"{name}.ao", WIDTH, WIDTH, smooth=False)
        x = g.norm(g.node("Add", [mixed, x], f"{name}.sum1"), f"{name}.aln")
        inner = g.node("Gelu", [g.linear(x, f"{name}.fi", WIDTH, INNER)], f"{name}.gelu", MICROSOFT)
        x = g.norm(g.node("Add", [g.linear(inner, f"{name}.fo", INNER, WIDTH), x], f"{name}.sum2"), f"{name}.oln")
    g.nodes[-1].output[0] = "y"
    ends = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, ["batch", "tokens", WIDTH]) for n in "xy"]
    graph = onnx.helper.make_graph(g.nodes, "multilingual-e5-small", ends[:1], ends[1:], g.weights)
    opsets = [onnx.helper.make_opsetid("", 18), onnx.helper.make_opsetid(MICROSOFT, 1)]
    return bytes(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString())


if __name__ == "__main__":
    for name, first, last in (("e5", 0, LAYERS), ("lower", 0, SPLIT), ("reader", SPLIT, LAYERS)):
        Path(__file__).with_name(f"{name}.onnx").write_bytes(build(first, last))
