"""A real engine that calls tools: a proxy before it puts the start of a call into the model's mouth.

From there on a grammar of the engine's own admits only the rest of a call. The pieces of the call, its id, its
arguments and the reason at the end are the engine's; that there is a call at all is not the model's choice.
"""

from tests.engine.forced import Body, ForcedEngine

# As models of the Hermes and Qwen families are told of tools; the engine knows the form of a call from it.
TEMPLATE = """\
{%- if tools %}<|im_start|>system
<tools>{%- for tool in tools %}
{{ tool | tojson }}{%- endfor %}
</tools>
For each function call, return a json object within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call><|im_end|>
{%- endif %}{%- for message in messages %}
<|im_start|>{{ message.role }}
{%- if message.content %}
{{ message.content }}{%- endif %}{%- if message.tool_calls %}{%- for tool_call in message.tool_calls %}
<tool_call>
{"name": "{{ tool_call.function.name }}", "arguments": {{ tool_call.function.arguments | tojson }}}
</tool_call>{%- endfor %}{%- endif %}<|im_end|>{%- endfor %}{%- if add_generation_prompt %}
<|im_start|>assistant
{%- endif %}"""


class CallingEngine(ForcedEngine):
    """A context manager: a llama.cpp server at `url` whose every reply is one call or more of the tools offered."""

    def force(self, body: Body) -> Body:
        """Return the request that makes the engine call."""
        self.requests.append(body)
        said = [*body["messages"], {"role": "assistant", "content": '<tool_call>\n{"name": "'}]
        return body | {"messages": said, "tool_choice": "required"}
