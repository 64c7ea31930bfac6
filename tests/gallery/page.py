"""A page around what a client shows: its colours and measures in our own words, and nothing fetched from anywhere."""

from __future__ import annotations

from html import escape

SHARED = """
*{box-sizing:border-box;margin:0} body{font:15px/1.38 'Liberation Sans','Noto Color Emoji',sans-serif;padding:14px 12px}
img{max-width:100%;display:block;border-radius:8px} pre,code{font-family:'Liberation Mono',monospace;font-size:13px}
pre{white-space:pre-wrap;overflow-wrap:anywhere} .row{display:flex;flex-wrap:wrap;gap:8px}
.post{display:grid;grid-template-columns:40px minmax(0,1fr);gap:12px} .post+.post{margin-top:16px}
.face{width:40px;height:40px;background:#1f6b4a;color:#fff;display:grid;place-items:center;font-weight:700;font-size:18px}
.name b{font-weight:700} .app{font-size:10px;padding:1px 4px;border-radius:3px;margin:0 6px;vertical-align:1px}
.used{font-size:13px;margin-bottom:4px} .private{font-size:12px;margin-top:6px} p,.item span,.option span{overflow-wrap:anywhere}
.modal footer{display:flex;justify-content:flex-end;gap:10px;margin-top:4px} .typed{min-height:36px;white-space:pre-wrap}
.option{display:flex;gap:8px;padding:5px 0} .field{display:grid;gap:5px}
"""
DISCORD = """
body{background:#313338;color:#dbdee1} .face{border-radius:50%} .name b{color:#f2f3f5;font-weight:600} .app{background:#5865f2;color:#fff}
.used,.private{color:#949ba4} .container{max-width:600px;background:#2b2d31;border:1px solid #3f4147;border-left:4px solid;border-radius:8px;padding:14px;display:grid;gap:8px;margin-top:4px}
.text h1{font-size:22px;color:#f2f3f5}.text h2{font-size:19px;color:#f2f3f5}.text h3{font-size:16px;color:#f2f3f5;margin-bottom:3px}
.text p,.text small,.item span{white-space:pre-wrap} .text small{display:block;font-size:12px;color:#949ba4;line-height:1.45} .text code{background:#1e1f22;padding:1px 4px;border-radius:4px}
pre{background:#1e1f22;border:1px solid #26282c;border-radius:4px;padding:8px;margin:4px 0;color:#dbdee1;max-width:600px}
.item{display:flex;gap:8px;padding-left:calc(4px + var(--in)*6px)} hr{border:0;border-top:1px solid #3f4147;width:100%}
.button{background:#4e5058;color:#fff;border-radius:8px;font-size:14px;font-weight:500;min-height:32px;padding:6px 15px}
.button.primary{background:#5865f2}.button.success{background:#248046}.button.danger{background:#da373c}.resting{opacity:.5}
.select{display:flex;justify-content:space-between;width:100%;max-width:400px;background:#1e1f22;border-radius:6px;padding:9px 12px;color:#b5bac1}
.select b{font-weight:400;color:#f2f3f5} .select i{font-style:normal} .file,.upload{background:#1e1f22;border-radius:8px;padding:12px}
.file b{color:#00a8fc} .modal{max-width:440px;margin:0 auto;background:#313338;border:1px solid #1e1f22;border-radius:10px;padding:16px;display:grid;gap:14px;box-shadow:0 6px 24px #0009}
.modal h3{color:#f2f3f5;font-size:19px} .field>b{color:#f2f3f5;font-size:14px}.field>b em{color:#f23f43;font-style:normal}
.field>small{color:#b5bac1;font-size:13px} .typed{background:#1e1f22;border-radius:5px;padding:9px 10px}.typed.lines{min-height:84px;font-size:14px} .typed i{color:#87898c;font-style:normal}
.upload{border:1px dashed #4e5058;text-align:center;color:#b5bac1} .who{color:#c9cdfb;background:#3c4270}
"""
SLACK = """
body{background:#fff;color:#1d1c1d} .face{border-radius:8px} .app{background:#ddd;color:#454447} .used,.private,.context{color:#616061}
h2{font-size:18px;line-height:1.3;margin:6px 0 4px;overflow-wrap:anywhere} .context{font-size:12.5px;line-height:1.45;margin:5px 0;white-space:pre-wrap;overflow-wrap:anywhere}
.rich{margin:3px 0} .rich p{white-space:pre-wrap} ul,ol{padding-left:24px} pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:8px;margin:4px 0;font-size:12px;line-height:1.5}
code{color:#c01343;background:#f8f8f8;border:1px solid #ddd;border-radius:3px;padding:1px 3px;font-size:12px} pre code{border:0;padding:0}
.row{margin:8px 0} .button{border:1px solid #bbb;border-radius:8px;font-weight:700;font-size:13px;padding:5px 11px;min-height:30px;background:#fff}
.button.primary{background:#007a5a;border-color:#007a5a;color:#fff}.button.danger{background:#e01e5a;color:#fff} .select{border:1px solid #bbb;border-radius:8px;padding:5px 11px;min-width:200px;display:flex;justify-content:space-between;font-size:13px}
.select i{font-style:normal;color:#616061} table{border-collapse:collapse;margin:6px 0;width:100%;font-size:14px} th,td{border:1px solid #ddd;padding:5px 9px;text-align:left;overflow-wrap:anywhere} th{background:#f8f8f8}
hr{border:0;border-top:1px solid #ddd;margin:10px 0} .modal{max-width:520px;margin:0 auto;border:1px solid #ddd;border-radius:10px;padding:18px;display:grid;gap:14px;box-shadow:0 6px 24px #0003}
.modal h3{font-size:20px} .field>b i{font-weight:400;color:#616061;font-style:normal} .field>small{color:#616061} .field .select{width:100%}
.typed{border:1px solid #888;border-radius:5px;padding:8px 10px}.typed.lines{min-height:84px;font-size:14px}.typed i{color:#616061;font-style:normal} .upload{border:1px solid #bbb;border-radius:8px;padding:6px 12px;font-weight:700;width:max-content}
.sent{font-size:13px;color:#616061;margin:2px 0 4px}
"""
STYLE = {"discord": DISCORD, "slack": SLACK}


def page(platform: str, body: str) -> str:
    """A whole document in a client's looks."""
    head = f"<meta charset='utf-8'><title>Epochbot on {platform}</title><style>{SHARED}{STYLE[platform]}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{body}</body></html>"


def post(content: str, *, used: str = "", private: bool = True) -> str:
    """One message of the bot's, with the line above it that says who asked."""
    above = f"<div class='used'>↱ <b>Mia</b> used <b>{escape(used)}</b></div>" if used else ""
    below = "<div class='private'>👁 Only you can see this</div>" if private else ""
    name = "<div class='name'><b>Epochbot</b><span class='app'>APP</span></div>"
    return f"<div class='post'><div class='face'>E</div><div>{above}{name}{content}{below}</div></div>"
