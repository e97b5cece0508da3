using System.Globalization;
using System.Text;

namespace KernelSockets.UserApps.Text;

/// <summary>The format of printf, applied to arguments until they are used up.</summary>
internal sealed class PrintfFormat(TextProgram program, byte[] format, string[] arguments)
{
    private const string Flags = "-+ #0'";
    private const int MaxWidth = 1 << 20;

    private int _position;
    private int _argument;
    private bool _isEnded;

    /// <summary>Prints; what is wrong with an argument is reported, and the rest still printed.</summary>
    public void Print()
    {
        int before;
        do
        {
            before = _argument;
            _position = 0;
            PrintOnce();
        }
        while (!_isEnded && _argument > before && _argument < arguments.Length);

        if (!_isEnded && _argument == 0 && arguments.Length > 0)
        {
            program.Output.Flush();
            Console.Error.WriteLine($"{program.Name}: warning: ignoring excess arguments, starting with '{arguments[0]}'");
        }
    }

    private void PrintOnce()
    {
        while (_position < format.Length && !_isEnded)
        {
            byte value = format[_position++];
            if (value == '\\')
            {
                _isEnded = !PrintfEscape.TryWrite(format, ref _position, isArgument: false, program.Output);
            }
            else if (value == '%')
            {
                PrintConversion();
            }
            else
            {
                program.Output.Write(value);
            }
        }
    }

    private void PrintConversion()
    {
        if (_position < format.Length && format[_position] == '%')
        {
            program.Output.Write(format[_position++]);
            return;
        }

        int start = _position - 1;
        string flags = TakeWhile(static value => Flags.Contains((char)value, StringComparison.Ordinal));
        int? width = TakeNumber();
        if (width < 0)
        {
            (flags, width) = (flags + "-", -width);
        }

        int? precision = null;
        if (_position < format.Length && format[_position] == '.')
        {
            _position++;
            precision = TakeNumber() ?? 0;
        }

        TakeWhile(static value => "hlLjzt".Contains((char)value, StringComparison.Ordinal));
        if (_position == format.Length || !"diouxXeEfFgGcsb".Contains((char)format[_position], StringComparison.Ordinal))
        {
            int end = Math.Min(_position + 1, format.Length);
            program.Fail($"{Encoding.UTF8.GetString(format.AsSpan(start, end - start))}: invalid conversion specification");
            _isEnded = true;
            return;
        }

        Convert(new PrintfConversion((char)format[_position++], flags, Math.Min(width ?? 0, MaxWidth), precision < 0 ? null : precision));
    }

    private void Convert(in PrintfConversion conversion)
    {
        string? argument = _argument < arguments.Length ? arguments[_argument++] : null;
        switch (conversion.Letter)
        {
            case 's':
                conversion.WriteText(program.Output, Encoding.UTF8.GetBytes(argument ?? ""));
                break;
            case 'c':
                (conversion with { Precision = null }).WriteText(program.Output, Encoding.UTF8.GetBytes(argument ?? "").AsSpan(0, argument is { Length: > 0 } ? 1 : 0));
                break;
            case 'b':
                byte[] escaped = PrintfEscape.Expand(Encoding.UTF8.GetBytes(argument ?? ""), out _isEnded);
                conversion.WriteText(program.Output, escaped);
                break;
            case 'd' or 'i' or 'o' or 'u' or 'x' or 'X':
                conversion.WriteWhole(program.Output, PrintfNumber.ToWhole(program, argument, isSigned: conversion.Letter is 'd' or 'i'));
                break;
            default:
                conversion.WriteFraction(program.Output, PrintfNumber.ToFraction(program, argument));
                break;
        }
    }

    private string TakeWhile(Func<byte, bool> belongs)
    {
        int start = _position;
        while (_position < format.Length && belongs(format[_position]))
        {
            _position++;
        }

        return Encoding.ASCII.GetString(format.AsSpan(start, _position - start));
    }

    /// <summary>Digits, or an argument for a star.</summary>
    private int? TakeNumber()
    {
        if (_position < format.Length && format[_position] == '*')
        {
            _position++;
            Int128 number = PrintfNumber.ToWhole(program, _argument < arguments.Length ? arguments[_argument++] : "0", isSigned: true);
            return (int)Int128.Clamp(number, -MaxWidth, MaxWidth);
        }

        string digits = TakeWhile(static value => char.IsAsciiDigit((char)value));
        return digits.Length == 0 ? null : int.TryParse(digits, CultureInfo.InvariantCulture, out int value) ? value : MaxWidth;
    }
}
