using System.Diagnostics.CodeAnalysis;
using Mono.Cecil.Cil;

namespace KernelSockets.NucleusCheck;

/// <summary>IL instructions that raw code never contains, whatever their operand.</summary>
internal static class InstructionRules
{
    /// <summary>Finds the rule that the instruction breaks by itself.</summary>
    public static bool TryFind(Code code, [NotNullWhen(true)] out Rule? rule)
    {
        rule = code switch
        {
            Code.Newarr => Rule.Allocation,
            Code.Box or Code.Unbox or Code.Unbox_Any or Code.Castclass or Code.Isinst or Code.Mkrefany or Code.Refanyval => Rule.Boxing,
            Code.Throw or Code.Rethrow or Code.Ckfinite => Rule.Exceptions,
            Code.Ldstr => Rule.StringLiteral,
            Code.Ldvirtftn => Rule.DynamicDispatch,
            Code.Ldnull or Code.Ldind_Ref or Code.Stind_Ref => Rule.ManagedReference,
            Code.Ldlen or (>= Code.Ldelema and <= Code.Stelem_Any) => Rule.ArrayAccess,
            Code.Cpblk or Code.Initblk => Rule.BlockCopy,
            _ => IsChecked(code) ? Rule.CheckedArithmetic : null,
        };
        return rule is not null;
    }

    private static bool IsChecked(Code code) => code is
        Code.Add_Ovf or Code.Add_Ovf_Un or Code.Sub_Ovf or Code.Sub_Ovf_Un or Code.Mul_Ovf or Code.Mul_Ovf_Un
        or (>= Code.Conv_Ovf_I1_Un and <= Code.Conv_Ovf_U_Un)
        or (>= Code.Conv_Ovf_I1 and <= Code.Conv_Ovf_U8)
        or Code.Conv_Ovf_I or Code.Conv_Ovf_U;
}
