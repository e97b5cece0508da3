using System.Globalization;
using System.Text;
using KernelSockets.Filters;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Filter programs as tcpdump shows them: <c>-d</c> as assembler, <c>-dd</c> as C, <c>-ddd</c> as numbers.</summary>
internal static class BpfText
{
    private const int AsAssembler = 1;
    private const int AsC = 2;

    /// <summary>A program.</summary>
    /// <param name="program">Its instructions.</param>
    /// <param name="style">1, 2 or 3: how often <c>-d</c> was given.</param>
    public static string Format(BpfInstruction[] program, int style)
    {
        StringBuilder text = new();
        if (style > AsC)
        {
            text.Append(CultureInfo.InvariantCulture, $"{program.Length}\n");
        }

        for (int i = 0; i < program.Length; i++)
        {
            BpfInstruction instruction = program[i];
            text.Append(style switch
            {
                AsAssembler => Disassemble(instruction, i),
                AsC => string.Create(CultureInfo.InvariantCulture, $"{{ 0x{instruction.Code:x}, {instruction.JumpTrue}, {instruction.JumpFalse}, 0x{instruction.K:x8} }},"),
                _ => string.Create(CultureInfo.InvariantCulture, $"{instruction.Code} {instruction.JumpTrue} {instruction.JumpFalse} {instruction.K}"),
            });
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The instructions that <see cref="FilterCompiler"/> makes.</summary>
    private static string Disassemble(in BpfInstruction instruction, int place)
    {
        uint k = instruction.K;
        (string name, string operand) = instruction.Code switch
        {
            BpfOpcode.LoadWord => ("ld", $"[{k}]"),
            BpfOpcode.LoadHalf => ("ldh", $"[{k}]"),
            BpfOpcode.LoadByte => ("ldb", $"[{k}]"),
            BpfOpcode.LoadWordIndexed => ("ld", $"[x + {k}]"),
            BpfOpcode.LoadHalfIndexed => ("ldh", $"[x + {k}]"),
            BpfOpcode.LoadByteIndexed => ("ldb", $"[x + {k}]"),
            BpfOpcode.LoadLength => ("ld", "#pktlen"),
            BpfOpcode.LoadIndexHeaderLength => ("ldxb", $"4*([{k}]&0xf)"),
            BpfOpcode.And => ("and", Hex(k)),
            BpfOpcode.Jump => ("ja", $"{place + 1 + (int)k}"),
            BpfOpcode.JumpIfEqual => ("jeq", Hex(k)),
            BpfOpcode.JumpIfGreater => ("jgt", Hex(k)),
            BpfOpcode.JumpIfGreaterOrEqual => ("jge", Hex(k)),
            BpfOpcode.JumpIfSet => ("jset", Hex(k)),
            BpfOpcode.ReturnConstant => ("ret", $"#{k}"),
            ushort code => ($"0x{code:x}", Hex(k)),
        };
        string line = string.Create(CultureInfo.InvariantCulture, $"({place:D3}) {name,-8} ");
        bool isConditional = instruction.Code is BpfOpcode.JumpIfEqual or BpfOpcode.JumpIfGreater or BpfOpcode.JumpIfGreaterOrEqual or BpfOpcode.JumpIfSet;
        return isConditional
            ? string.Create(CultureInfo.InvariantCulture, $"{line}{operand,-16} jt {place + 1 + instruction.JumpTrue}\tjf {place + 1 + instruction.JumpFalse}")
            : line + operand;
    }

    private static string Hex(uint value) => string.Create(CultureInfo.InvariantCulture, $"#0x{value:x}");
}
