using Mono.Cecil;
using Mono.Cecil.Cil;

namespace KernelSockets.NucleusCheck;

/// <summary>Walks the IL of one raw method and reports what raw code may not do; hands its callees to <see cref="CallChecker"/>.</summary>
internal sealed class MethodChecker
{
    private readonly NucleusAnalysis _analysis;
    private readonly MethodDefinition _method;
    private readonly SourceLocation _reachedFrom;
    private readonly CallChecker _calls;
    private SourceLocation _here;

    public MethodChecker(NucleusAnalysis analysis, RawMethod raw)
    {
        _analysis = analysis;
        _method = raw.Method;
        _reachedFrom = raw.ReachedFrom;
        _calls = new CallChecker(analysis, this);
        _here = FirstLocation();
    }

    /// <summary>The statement being checked, or where the method was called from when it has no debug information.</summary>
    public SourceLocation Here => _here;

    /// <summary>Checks signature, locals and code.</summary>
    public void Check()
    {
        CheckSignature();
        if (_method.IsPInvokeImpl || _method.IsInternalCall)
        {
            CheckNative();
        }

        if (_method.HasBody)
        {
            CheckLocals(_method.Body);
            foreach (Instruction instruction in _method.Body.Instructions)
            {
                MoveTo(instruction);
                CheckInstruction(instruction);
            }
        }
    }

    /// <summary>Reports a broken rule at the current statement.</summary>
    public void Report(Rule rule, string message) =>
        _analysis.Report(new Violation(rule, _here, $"{_method.DeclaringType.FullName}.{_method.Name}", message));

    private SourceLocation FirstLocation()
    {
        foreach (SequencePoint point in _method.DebugInformation.SequencePoints)
        {
            SourceLocation location = NucleusAnalysis.SourceLocationOf(point);
            if (location.IsKnown)
            {
                return location;
            }
        }

        return _reachedFrom;
    }

    private void MoveTo(Instruction instruction)
    {
        SequencePoint? point = _method.DebugInformation.GetSequencePoint(instruction);
        if (point is { IsHidden: false })
        {
            _here = NucleusAnalysis.SourceLocationOf(point);
        }
    }

    private void CheckSignature()
    {
        foreach (ParameterDefinition parameter in _method.Parameters)
        {
            if (_analysis.Types.HoldsReference(parameter.ParameterType))
            {
                Report(Rule.ManagedReference, $"parameter {parameter.Name} holds a reference ({parameter.ParameterType.Name})");
            }
        }

        if (_analysis.Types.HoldsReference(_method.ReturnType))
        {
            Report(Rule.ManagedReference, $"returns a reference ({_method.ReturnType.Name})");
        }

        foreach (GenericParameter parameter in _method.GenericParameters.Concat(_method.DeclaringType.GenericParameters))
        {
            if (!TypeScan.IsValueParameter(parameter))
            {
                Report(Rule.Generics, $"type parameter {parameter.Name} needs the constraint unmanaged");
            }
        }

        if (Attributes.Has(_method, Attributes.UnmanagedCallersOnly))
        {
            Report(Rule.ReverseNativeCall, "is marked UnmanagedCallersOnly");
        }

        if (Attributes.Has(_method, Attributes.AsyncStateMachine) || Attributes.Has(_method, Attributes.IteratorStateMachine))
        {
            Report(Rule.StateMachine, "is async or an iterator");
        }
    }

    private void CheckLocals(MethodBody body)
    {
        foreach (VariableDefinition variable in body.Variables)
        {
            if (_analysis.Types.HoldsReference(variable.VariableType))
            {
                string name = _method.DebugInformation.TryGetName(variable, out string known) ? known : $"#{variable.Index}";
                Report(Rule.ManagedReference, $"local {name} holds a reference ({variable.VariableType.Name})");
            }
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            MoveTo(handler.TryStart);
            Report(Rule.Exceptions, $"has a {handler.HandlerType.ToString().ToLowerInvariant()} block");
        }
    }

    private void CheckNative()
    {
        if (_method.IsInternalCall)
        {
            if (!Attributes.Has(_method, Attributes.RuntimeImport))
            {
                Report(Rule.NativeCall, $"{_method.Name} is an internal call without RuntimeImport");
            }

            return;
        }

        PInvokeInfo native = _method.PInvokeInfo;
        if (!Attributes.Has(_method, Attributes.SuppressTransition))
        {
            Report(Rule.NativeCall, $"P/Invoke {_method.Name} lacks SuppressGCTransition");
        }

        if (native.SupportsLastError)
        {
            Report(Rule.NativeCall, $"P/Invoke {_method.Name} saves the last error");
        }

        string library = native.Module.Name;
        if (library != "*" && !_analysis.Options.DirectLibraries.Contains(library, StringComparer.Ordinal))
        {
            Report(Rule.NativeCall, $"P/Invoke {_method.Name} binds to \"{library}\" at run time; name the library \"*\"");
        }

        CheckMarshalling();
    }

    private void CheckMarshalling()
    {
        if (Attributes.Has(_method.Module.Assembly, Attributes.DisableMarshalling))
        {
            return;
        }

        foreach (TypeReference type in _method.Parameters.Select(parameter => parameter.ParameterType).Append(_method.ReturnType))
        {
            if (type.IsByReference || type.MetadataType is MetadataType.Boolean or MetadataType.Char)
            {
                Report(Rule.NativeCall, $"P/Invoke {_method.Name} marshals {type.Name}");
            }
        }
    }

    private void CheckInstruction(Instruction instruction)
    {
        if (InstructionRules.TryFind(instruction.OpCode.Code, out Rule? rule))
        {
            Report(rule, $"{instruction.OpCode.Name}{Operand(instruction)}");
            return;
        }

        switch (instruction.OpCode.Code)
        {
            case Code.Call or Code.Callvirt or Code.Newobj or Code.Ldftn:
                _calls.CheckCall(instruction, (MethodReference)instruction.Operand);
                break;
            case Code.Calli:
                _calls.CheckIndirectCall((CallSite)instruction.Operand);
                break;
            case Code.Ldsfld or Code.Ldsflda or Code.Stsfld:
                CheckStaticField((FieldReference)instruction.Operand);
                break;
            case Code.Ldfld or Code.Ldflda or Code.Stfld:
                CheckInstanceField((FieldReference)instruction.Operand);
                break;
            case Code.Ldtoken:
                CheckToken(instruction);
                break;
            case Code.Ldobj or Code.Stobj or Code.Cpobj or Code.Initobj:
                CheckValueCopy((TypeReference)instruction.Operand);
                break;
        }
    }

    private void CheckStaticField(FieldReference reference)
    {
        FieldDefinition? field = reference.Resolve();
        if (field is null || !_analysis.IsOwn(field.Module))
        {
            if (!AllowList.AllowsField(reference))
            {
                Report(Rule.ForeignCall, $"uses static field {reference.FullName}");
            }

            return;
        }

        if (_analysis.Types.SignatureHoldsReference(field.FieldType))
        {
            Report(Rule.ManagedReference, $"static field {field.Name} holds a reference ({field.FieldType.Name})");
        }

        if (reference.DeclaringType is GenericInstanceType instance && instance.GenericArguments.Any(_analysis.Types.HoldsReference))
        {
            Report(Rule.Generics, $"static field {field.Name} of {instance.FullName}");
        }

        _analysis.CheckStatics(field.DeclaringType, _here);
    }

    private void CheckInstanceField(FieldReference reference)
    {
        FieldDefinition? field = reference.Resolve();
        if (field is null || _analysis.Types.SignatureHoldsReference(field.FieldType) || !field.DeclaringType.IsValueType)
        {
            Report(Rule.ManagedReference, $"uses field {reference.FullName}");
        }
    }

    private void CheckToken(Instruction instruction)
    {
        // ReadOnlySpan<int> of constants: ldtoken of the data, then CreateSpan, which the compiler replaces by the data's address.
        bool isConstantData = instruction is { Operand: FieldReference, Next: { OpCode.Code: Code.Call, Operand: MethodReference next } }
            && next.Name == "CreateSpan" && next.DeclaringType.FullName == "System.Runtime.CompilerServices.RuntimeHelpers";
        if (!isConstantData)
        {
            Report(Rule.Reflection, $"ldtoken{Operand(instruction)}");
        }
    }

    private void CheckValueCopy(TypeReference type)
    {
        if (_analysis.Types.HoldsReference(type))
        {
            Report(Rule.ManagedReference, $"copies {type.FullName}");
        }
    }

    private static string Operand(Instruction instruction) => instruction.Operand switch
    {
        string text => $" \"{text}\"",
        MemberReference member => $" {member.FullName}",
        _ => string.Empty,
    };
}
